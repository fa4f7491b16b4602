import { dismiss, useNotices } from '../store/notices.ts';
import { CloseIcon } from './icons.tsx';

export function Notices() {
  const notices = useNotices();
  return (
    <div className="notices" role="status" aria-live="polite">
      {notices.map(({ id, text, tone, link }) => (
        <div key={id} className={`notice ${tone}`}>
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
      ))}
    </div>
  );
}
