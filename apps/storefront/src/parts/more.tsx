import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { useHeir } from './focus.ts';
import { capital } from './format.ts';
import { headline } from './trouble.tsx';

interface Props {
  /** Of the query, as it is: whether there is more, and what came of asking for it. */
  readonly list: {
    readonly error: unknown;
    readonly isFetchingNextPage: boolean;
    readonly isFetchNextPageError: boolean;
    fetchNextPage(): Promise<unknown>;
  };
  /** For the sentence where it fails: "older orders". */
  readonly of: string;
  readonly children: ReactNode;
}

/** The end of what is shown so far. With the last page it goes, and the focus to the last of what was shown before. */
const lastLink = (more: HTMLElement): HTMLElement | undefined =>
  [...(more.previousElementSibling?.querySelectorAll('a') ?? [])].at(-1);

/** The way to the next page of a list. */
export function More({ list, of, children }: Props) {
  const { error, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = list;
  const box = useHeir<HTMLDivElement>(lastLink);
  return (
    <div ref={box} className="more">
      {isFetchNextPageError && (
        <p className="fault" role="alert">
          {headline(error)} {capital(of)} could not be loaded.
        </p>
      )}
      <Button isOff={isFetchingNextPage} onClick={() => void fetchNextPage()}>
        {isFetchingNextPage ? 'Loading…' : children}
      </Button>
    </div>
  );
}
