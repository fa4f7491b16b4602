import type { Settings } from './settings.ts';
import type { StackOptions } from './stack.ts';
import { type SwitchAddress, switchSettings } from './switch-server.ts';

/** What the stores are told, so that the shop can show what goes on in them. */
export interface Demo extends Required<Pick<StackOptions, 'env' | 'doorEnv' | 'envOf'>> {
  /** What is left out, and why. */
  readonly notes: readonly string[];
}

/** X-ray, the lab and the switches, as `npm start` offers them. `bindAddress`: where the doors listen (BIND_ADDRESS). */
export function demoOf(settings: Settings, bindAddress: string | undefined, switches: SwitchAddress): Demo {
  const { XRAY = 'on', MONOLITH_WORKERS = 1, LAB_PORT } = settings;
  const isCloned = XRAY === 'on' && MONOLITH_WORKERS > 1;
  const isPrivate = bindAddress === undefined || /^(?:127\.|::1$|localhost$)/.test(bindAddress);
  const notes: string[] = [];
  if (isCloned) {
    notes.push(
      `X-ray leaves the monolith out: each of its ${MONOLITH_WORKERS} workers would know only a part of a request.`,
    );
  }
  if (!isPrivate) {
    notes.push(`The shop cannot stop processes: others than you reach it (BIND_ADDRESS=${bindAddress}).`);
  }
  return {
    env: { XRAY },
    doorEnv: { LAB_URL: `http://localhost:${LAB_PORT}`, ...(isPrivate && switchSettings(switches)) },
    envOf: isCloned ? { monolith: { XRAY: 'off' } } : {},
    notes,
  };
}
