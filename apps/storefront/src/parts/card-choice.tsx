import type { UseFormRegister } from 'react-hook-form';
import type { PaymentToken } from '@twinstore/contracts';
import type { Draft } from '../store/draft.ts';

const CARDS: readonly { readonly token: PaymentToken; readonly name: string; readonly what: string }[] = [
  { token: 'tok_visa', name: 'Approved', what: 'The card is charged.' },
  { token: 'tok_declined', name: 'Declined', what: 'The bank says no.' },
  { token: 'tok_insufficient_funds', name: 'No money', what: 'The account is empty.' },
  { token: 'tok_timeout', name: 'Lost answer', what: 'Charged, but the answer gets lost. The store has to find out.' },
  {
    token: 'tok_unavailable',
    name: 'Provider down',
    what: 'The provider refuses for now. The store tries again for 20 s.',
  },
];

/** Test cards: what the simulated provider does with each. No card number is ever asked for. */
export function CardChoice({ register }: { register: UseFormRegister<Draft> }) {
  return (
    <fieldset>
      <legend>How to pay</legend>
      <p className="faint">These are test cards of a simulated provider. Choose what should happen:</p>
      <div className="cards">
        {CARDS.map(({ token, name, what }) => (
          <label key={token} className="card-choice">
            <input type="radio" value={token} {...register('paymentToken')} />
            <span>
              <strong>{name}</strong>
              <span className="faint">{what}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
