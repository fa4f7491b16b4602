import type { UseFormReturn } from 'react-hook-form';
import { countries } from 'virtual:contract';
import { keepDraft, type Draft } from '../store/draft.ts';
import { shownCountry } from './format.ts';
import { once } from './once.ts';

type Name = keyof Draft['shippingAddress'];

const FIELDS: readonly {
  readonly name: Name;
  readonly label: string;
  readonly auto: string;
  readonly optional?: true;
}[] = [
  { name: 'name', label: 'Full name', auto: 'name' },
  { name: 'line1', label: 'Street and number', auto: 'address-line1' },
  { name: 'line2', label: 'Apartment, floor', auto: 'address-line2', optional: true },
  { name: 'postalCode', label: 'Postal code', auto: 'postal-code' },
  { name: 'city', label: 'City', auto: 'address-level2' },
  { name: 'region', label: 'State or region', auto: 'address-level1', optional: true },
];

const LONGEST = 200;
const byName = once(() =>
  countries.map((code) => [code, shownCountry(code)] as const).toSorted((a, b) => a[1].localeCompare(b[1])),
);

const EXAMPLE: Draft['shippingAddress'] = {
  name: 'Ada Lovelace',
  line1: '12 St James’s Square',
  line2: '',
  postalCode: 'SW1Y 4JH',
  city: 'London',
  region: '',
  country: 'GB',
};

export function AddressFields({ form }: { form: UseFormReturn<Draft> }) {
  const { register, formState, setValue, getValues, clearErrors } = form;
  const errors = formState.errors.shippingAddress;
  const fillIn = () => {
    for (const [name, value] of Object.entries(EXAMPLE)) setValue(`shippingAddress.${name as Name}`, value);
    clearErrors();
    keepDraft(getValues());
  };
  return (
    <div className="fields">
      {FIELDS.map(({ name, label, auto, optional }) => {
        const fault = errors?.[name]?.message;
        return (
          <p key={name} className={`field field-${name}`}>
            <label htmlFor={name}>
              {label} {optional && <span className="faint">(optional)</span>}
            </label>
            <input
              id={name}
              type="text"
              autoComplete={auto}
              maxLength={LONGEST}
              required={!optional}
              aria-invalid={fault !== undefined}
              aria-describedby={fault === undefined ? undefined : `${name}-fault`}
              {...register(`shippingAddress.${name}`, {
                validate: (value) => optional === true || value.trim() !== '' || `${label} is missing`,
              })}
            />
            {fault !== undefined && (
              <span className="fault" id={`${name}-fault`}>
                {fault}
              </span>
            )}
          </p>
        );
      })}
      <p className="field field-country">
        <label htmlFor="country">Country</label>
        <select id="country" autoComplete="country" {...register('shippingAddress.country')}>
          {byName().map(([code, name]) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </select>
      </p>
      <p className="field field-example">
        <button type="button" className="quiet" onClick={fillIn}>
          Fill in an example
        </button>
      </p>
    </div>
  );
}
