import { useState } from 'react';
import type { XrayInfo } from '@twinstore/contracts';
import { Button } from '../parts/button.tsx';
import { CloseIcon } from '../parts/icons.tsx';
import { Panel } from '../parts/panel.tsx';
import { plural, shownMs } from '../parts/format.ts';
import { forgetRequests, useRequests, type SeenRequest } from '../store/requests.ts';
import { Picture } from './picture.tsx';
import { FaultSwitches } from './switches.tsx';
import { Unfolding } from './unfolding.tsx';
import { useTrace } from './use-trace.ts';
import { Waterfall } from './waterfall.tsx';
import './xray.css';

/** What the last clicks cost, and where: told by the processes that answered them. */
export function Drawer({ info, onClose }: { info: XrayInfo; onClose: () => void }) {
  const requests = useRequests();
  const [chosen, setChosen] = useState<string>();
  // Follows the latest until one is chosen.
  const shown = requests.find(({ traceId }) => traceId === chosen) ?? requests.find(({ ms }) => ms !== undefined);
  return (
    <aside className="xray" aria-label="X-ray" data-twin="off">
      <div className="drawer-head">
        <h2>X-ray</h2>
        <span className="xray-tools">
          <Button className="quiet" isOff={chosen === undefined} onClick={() => setChosen(undefined)}>
            Follow the latest
          </Button>
          <button type="button" className="quiet" onClick={forgetRequests}>
            Clear
          </button>
          <button type="button" className="quiet" aria-label="Close the X-ray" onClick={onClose}>
            <CloseIcon />
          </button>
        </span>
      </div>
      <Requests requests={requests} shown={shown} onChoose={setChosen} />
      {shown && (
        // Whoever looks into it stays with it.
        <div onFocus={() => setChosen(shown.traceId)}>
          <Panel key={shown.traceId} of="this request">
            <Request request={shown} />
          </Panel>
        </div>
      )}
      {info.switches && (
        <Panel of="the fault switches">
          <details className="xray-faults">
            <summary>Break something</summary>
            <FaultSwitches />
          </details>
        </Panel>
      )}
    </aside>
  );
}

interface RequestsProps {
  readonly requests: readonly SeenRequest[];
  readonly shown: SeenRequest | undefined;
  readonly onChoose: (traceId: string) => void;
}

function Requests({ requests, shown, onChoose }: RequestsProps) {
  if (requests.length === 0) return <p className="faint">Click on anything in the shop: what it took appears here.</p>;
  return (
    <ol className="requests" aria-label="Last requests, the newest first" tabIndex={0}>
      {requests.map(({ traceId, method, path, status, ms, statements, calls }) => (
        <li key={traceId}>
          <button type="button" aria-pressed={traceId === shown?.traceId} onClick={() => onChoose(traceId)}>
            <span className="request-what">
              <strong>{method}</strong> {path}
            </span>
            <span className="request-cost">
              {ms === undefined
                ? '…'
                : status === 0
                  ? 'no answer'
                  : `${status} · ${shownMs(ms)} · ${statements} SQL · ${plural(calls, 'call')}`}
            </span>
          </button>
        </li>
      ))}
    </ol>
  );
}

function Request({ request }: { request: SeenRequest }) {
  const { data: trace, error } = useTrace(request);
  // What is drawn already stays, though more of it could not be had.
  if (error && !trace) return <p className="note">The spans of this request are not to be had: {error.message}.</p>;
  if (!trace) return <p className="faint">Asking the processes…</p>;
  const { spans, silent } = trace;
  if (spans.length === 0)
    return <p className="note">No process has kept anything of this request: it never arrived, or it is too old.</p>;
  const services = new Set(spans.map(({ service }) => service));
  return (
    <>
      <p className="xray-sum">
        <strong>{request.ms === undefined ? '' : shownMs(request.ms)}</strong> through{' '}
        {plural(services.size, 'process', 'processes')}, {plural(request.statements, 'statement')},{' '}
        {plural(request.calls, 'call')} between processes
      </p>
      {silent.length > 0 && <p className="note">Without what {silent.join(' and ')} did: no answer from there.</p>}
      <Picture spans={spans} />
      <Unfolding request={request} spans={spans} />
      <h3>Where the time went</h3>
      <Waterfall request={request} spans={spans} />
    </>
  );
}
