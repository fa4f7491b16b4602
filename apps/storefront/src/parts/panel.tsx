import { Component, type ReactNode } from 'react';
import { useHeir } from './focus.ts';

interface Props {
  /** What is missing if this fails, for the sentence in its place: "the list of products". */
  readonly of: string;
  readonly children: ReactNode;
}

/** In the words of Chromium, Firefox and Safari, and of Vite about a style sheet. What could not be had is not asked for again by itself. */
const NOT_LOADED = /dynamically imported module|importing a module|unable to preload css/i;

/** A part of a page that may fail by itself: the rest goes on. */
export class Panel extends Component<Props, { readonly error: unknown }> {
  override state = { error: undefined };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return <Failed of={this.props.of} error={error} onRetry={() => this.setState({ error: undefined })} />;
  }
}

function Failed({ of, error, onRetry }: { of: string; error: unknown; onRetry: () => void }) {
  const box = useHeir<HTMLDivElement>();
  const isNotLoaded = NOT_LOADED.test(String(error));
  return (
    <div ref={box} className="note bad" role="alert">
      <p>
        {isNotLoaded
          ? `The part of the shop for ${of} could not be loaded.`
          : `Something went wrong while showing ${of}. The rest of the page goes on.`}
      </p>
      <button type="button" onClick={isNotLoaded ? () => location.reload() : onRetry}>
        {isNotLoaded ? 'Load the page again' : 'Try again'}
      </button>
    </div>
  );
}
