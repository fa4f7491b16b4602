import { Component, type ReactNode } from 'react';

interface Props {
  /** What is missing if this fails, for the sentence in its place: "the list of products". */
  readonly of: string;
  readonly children: ReactNode;
}

/** A part of a page that may fail by itself: the rest goes on. */
export class Panel extends Component<Props, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <div className="note bad" role="alert">
        <p>Something went wrong while showing {this.props.of}. The rest of the page goes on.</p>
        <button type="button" onClick={() => this.setState({ failed: false })}>
          Try again
        </button>
      </div>
    );
  }
}
