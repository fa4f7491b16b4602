import { fileURLToPath } from 'node:url';
import { Router, type RequestHandler } from 'express';
import type { StoreDoor } from '@twinstore/contracts';
import type { Logger } from '../log.ts';
import type { Traces } from '../tracing/traces.ts';
import { mountRoutes } from './app.ts';
import { readShop } from './shop-files.ts';
import { shopRoutes } from './shop-routes.ts';
import { switchBoard } from './switch-board.ts';
import { xrayBindings } from './xray.ts';

/** Part of every front door's settings. */
interface Demo {
  readonly STOREFRONT_DIR?: string | undefined;
  readonly STORE_DOORS: StoreDoor[];
  readonly LAB_URL?: string | undefined;
  readonly SWITCHES_URL?: string | undefined;
  readonly SWITCHES_TOKEN?: string | undefined;
  readonly XRAY: 'on' | 'off';
}

export interface StorefrontOptions {
  readonly log: Logger;
  readonly config: Demo;
  /** This door's name among STORE_DOORS. */
  readonly name: string;
  /** Where the shop is built, unless STOREFRONT_DIR says otherwise. */
  readonly build: URL;
  /** What the processes behind this door have kept; shown if XRAY is on. */
  readonly traces: Traces;
}

/**
 * What people see of a front door: the shop, and the tools of the demo that it shows. Comes last of all: to whoever
 * wants HTML, the shop answers addresses that nobody else does. Without a build, the door does all that it does besides.
 */
export function storefront({ log, config, name, build, traces }: StorefrontOptions): RequestHandler {
  const { STORE_DOORS: doors, LAB_URL, SWITCHES_URL, SWITCHES_TOKEN } = config;
  const switches = SWITCHES_URL && SWITCHES_TOKEN ? switchBoard(SWITCHES_URL, SWITCHES_TOKEN) : undefined;
  const enabled = config.XRAY === 'on';
  const info = { enabled, switches: switches !== undefined, name, doors, lab: LAB_URL ?? null };
  const router = Router({ caseSensitive: true, strict: true });
  const anyone = async () => ({ caller: { shopper: undefined, admin: false } });
  mountRoutes(router, xrayBindings({ info, traces: enabled ? traces : undefined, switches }), anyone);

  const folder = config.STOREFRONT_DIR ?? fileURLToPath(build);
  const files = readShop(folder);
  const others = doors.filter((door) => door.name !== name).map(({ url }) => new URL(url).origin);
  if (files) router.use(shopRoutes(files, pageHeaders(others)));
  else log.warn(`there is no shop at / since none was built in ${folder}`);
  return router;
}

/** The page loads nothing that is not this door's, and nobody shows it in a frame but the doors that it shows itself. */
function pageHeaders(otherDoors: readonly string[]): Record<string, string> {
  const doors = ["'self'", ...otherDoors].join(' ');
  return {
    'Content-Security-Policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "font-src 'self'",
      "connect-src 'self'",
      "manifest-src 'self'",
      "base-uri 'none'",
      "form-action 'self'",
      `frame-src ${doors}`,
      `frame-ancestors ${doors}`,
    ].join('; '),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
    'Referrer-Policy': 'same-origin',
  };
}
