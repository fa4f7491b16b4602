import { useEffect, useRef } from 'react';
import { dismiss, useNotices, type Notice as Said } from '../store/notices.ts';
import { useHeir } from './focus.ts';
import { CloseIcon } from './icons.tsx';

const SHOWN_MS = { good: 5_000, bad: 10_000 };

export function Notices() {
  const notices = useNotices();
  /** Where the focus was before it came here. */
  const before = useRef<HTMLElement>(null);
  return (
    <div
      className="notices"
      role="status"
      aria-live="polite"
      onFocus={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget)) before.current = relatedTarget as HTMLElement | null;
      }}
    >
      {notices.map((notice) => (
        <Notice
          key={notice.id}
          notice={notice}
          heirOf={() => (before.current?.isConnected ? before.current : undefined)}
        />
      ))}
    </div>
  );
}

function Notice({ notice, heirOf }: { notice: Said; heirOf: () => HTMLElement | undefined }) {
  const { id, text, tone, link } = notice;
  const box = useHeir<HTMLDivElement>(heirOf);
  useEffect(() => {
    // Not from under the hands of who is about to press its button.
    const isUsed = () => box.current?.matches(':hover, :focus-within');
    const timer = setInterval(() => isUsed() || dismiss(id), SHOWN_MS[tone]);
    return () => clearInterval(timer);
  }, [id, tone, box]);
  return (
    <div ref={box} className={`notice ${tone}`}>
      <span>{text}</span>
      {link && (
        <button
          type="button"
          onClick={() => {
            dismiss(id);
            link.act();
          }}
        >
          {link.label}
        </button>
      )}
      <button type="button" className="quiet" aria-label="Dismiss" onClick={() => dismiss(id)}>
        <CloseIcon />
      </button>
    </div>
  );
}
