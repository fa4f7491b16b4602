/** One event, as an `EventSource` would hand it out. */
export interface StreamedEvent {
  readonly event: string;
  readonly id: string;
  readonly data: string;
}

/** The whole events of a stream's text, which may break off anywhere.
 *  https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream */
export function eventsIn(text: string): StreamedEvent[] {
  const blocks = text
    .split(/\r\n|\n|\r/)
    .join('\n')
    .split('\n\n')
    .slice(0, -1);
  return blocks.flatMap((block) => {
    const fields: Record<string, string[]> = {};
    for (const line of block.split('\n')) {
      const [, name = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? [];
      // A line that starts with a colon is a comment.
      if (name !== '') (fields[name] ??= []).push(value);
    }
    if (!fields['data']) return [];
    const last = (name: string) => fields[name]?.at(-1) ?? '';
    return [{ event: last('event'), id: last('id'), data: fields['data'].join('\n') }];
  });
}
