import { problem, reply, xrayRoutes, type Switches, type XrayInfo } from '@twinstore/contracts';
import type { Traces } from '../tracing/traces.ts';
import { bind, type Binding, type CallContext } from './bind.ts';
import { isFromElsewhere, isLocalName } from './same-origin.ts';
import type { SwitchBoard } from './switch-board.ts';

export interface XrayParts {
  readonly info: XrayInfo;
  /** Undefined where no spans are kept. */
  readonly traces: Traces | undefined;
  /** Undefined where whoever started this store offers none. */
  readonly switches: SwitchBoard | undefined;
}

const FRESH = { 'Cache-Control': 'no-store' };

/** The tools of the demo at a front door: `/xray` and what is below it. What there is not is a 404 like any other. */
export function xrayBindings({ info, traces, switches }: XrayParts): Binding[] {
  const bindings: Binding[] = [bind(xrayRoutes.getXray, async () => reply(200, info, FRESH))];
  if (traces) {
    bindings.push(bind(xrayRoutes.getTrace, async ({ params }) => reply(200, await traces.of(params.traceId), FRESH)));
  }
  if (switches) bindings.push(...switchBindings(switches));
  return bindings;
}

function switchBindings(switches: SwitchBoard): Binding[] {
  const answer = (state: Switches | undefined) =>
    state ? reply(200, state, FRESH) : problem('not-found', { detail: 'There is no such switch' });
  return [
    bind(xrayRoutes.getSwitches, async () => answer(await switches.read())),
    bind(xrayRoutes.putProcess, async ({ params, body }, call) =>
      isOurs(call) ? answer(await switches.turn(params.name, body.running)) : refused(),
    ),
    bind(xrayRoutes.putProvider, async ({ body }, call) =>
      isOurs(call) ? answer(await switches.slowDown(body.slow)) : refused(),
    ),
  ];
}

/** Whether a switch may be moved: by this store's own pages and by programs, not by whatever else is open in a browser. */
function isOurs({ header }: CallContext): boolean {
  const host = header('host') ?? '';
  return (
    isLocalName(host) &&
    !isFromElsewhere({ host, origin: header('origin'), 'sec-fetch-site': header('sec-fetch-site') })
  );
}

/** To a page of somebody else, there are no switches here. */
const refused = () => problem('not-found', { detail: 'Only the pages of this store itself can move its switches' });
