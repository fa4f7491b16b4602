import type { ComponentProps } from 'react';

interface Props extends ComponentProps<'button'> {
  /** There is nothing to press for now. */
  readonly isOff: boolean;
}

/** A button that keeps the focus while it is off. One that is `disabled` would lose it to the page's body, where a keyboard
 *  starts all over. */
export const Button = ({ isOff, onClick, type = 'button', ...rest }: Props) => (
  <button
    {...rest}
    type={type}
    aria-disabled={isOff || undefined}
    // Of a form too: Enter in one of its fields presses its button.
    onClick={(event) => (isOff ? event.preventDefault() : onClick?.(event))}
  />
);
