import { useMutation, useQuery } from '@tanstack/react-query';
import { say } from '../store/notices.ts';
import { queryClient } from '../store/queries.ts';
import type { Switches } from '@twinstore/contracts';
import { readSwitches, slowDown, turn } from '../store/xray.ts';

const LOOK_EVERY_MS = 1_500;
const KEY = ['switches'];

/** Stops and starts what the stores are made of, to see what still works in each. */
export function FaultSwitches() {
  const { data, error } = useQuery({
    queryKey: KEY,
    queryFn: readSwitches,
    refetchInterval: LOOK_EVERY_MS,
    retry: false,
  });
  const change = useMutation({
    mutationFn: (act: () => Promise<Switches>) => act(),
    onSuccess: (next) => queryClient.setQueryData(KEY, next),
    onError: ({ message }) => say(`The switch did nothing: ${message}.`, 'bad'),
  });
  if (error && !data) return <p className="note">The switches do not answer: {error.message}.</p>;
  if (!data) return <p className="faint">Loading…</p>;
  return (
    <>
      <p className="faint">Stop something, shop on here and in the other store, and see what still works.</p>
      <ul className="switches">
        {data.processes.map(({ name, running, backInMs }) => (
          <li key={name}>
            <Switch
              name={name}
              isOn={running}
              note={backInMs === null ? '' : `back in ${Math.ceil(backInMs / 1000)} s`}
              onTurn={(on) => change.mutate(() => turn(name, on))}
            />
          </li>
        ))}
        <li>
          <Switch
            name="slow payment provider"
            isOn={data.provider.slow}
            note={data.provider.slow ? 'a charge takes 1.5 s and more' : ''}
            onTurn={(on) => change.mutate(() => slowDown(on))}
          />
        </li>
      </ul>
    </>
  );
}

interface SwitchProps {
  readonly name: string;
  readonly isOn: boolean;
  readonly note: string;
  readonly onTurn: (on: boolean) => void;
}

function Switch({ name, isOn, note, onTurn }: SwitchProps) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={isOn}
      className="switch"
      data-twin="off"
      onClick={() => onTurn(!isOn)}
    >
      <span className="switch-knob" aria-hidden="true" />
      <span>{name}</span>
      <small>{note}</small>
    </button>
  );
}
