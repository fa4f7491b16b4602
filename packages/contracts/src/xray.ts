import { z } from 'zod';
import { route } from './route.ts';
import type { Trace } from './spans.ts';

// The tools of a demo and not the store: what is here stands outside the table of routes, and no schema has an id of its
// own, so that none of it gets into the store's OpenAPI document.

/** One of the front doors that were started together. */
export const StoreDoor = z.object({ name: z.string(), url: z.string() });
export type StoreDoor = z.infer<typeof StoreDoor>;

/** Which tools a front door has. */
export const XrayInfo = z.object({
  enabled: z.boolean().describe('Whether processes keep the spans of their requests'),
  switches: z.boolean().describe('Whether processes can be stopped and started from here'),
  name: z.string().describe('This door among `doors`'),
  doors: z.array(StoreDoor),
  lab: z.string().nullable().describe('Where the page of the load lab is'),
});
export type XrayInfo = z.infer<typeof XrayInfo>;

/** How the processes of a store, and the payment provider, stand at present. */
export const Switches = z.object({
  processes: z.array(
    z.object({
      name: z.string(),
      running: z.boolean(),
      backInMs: z.number().min(0).nullable().describe('When one that was switched off comes back by itself'),
    }),
  ),
  provider: z.object({ slow: z.boolean() }),
});
export type Switches = z.infer<typeof Switches>;

export const ProcessSwitch = z.object({ running: z.boolean() });
export const ProviderSwitch = z.object({ slow: z.boolean() });

const common = { module: 'front', access: 'anyone' } as const;

/** What the shop's pages ask a front door about the demo. */
export const xrayRoutes = {
  getXray: route({
    ...common,
    id: 'getXray',
    method: 'get',
    path: '/xray',
    summary: 'Which tools there are',
    responses: { 200: XrayInfo },
  }),
  getTrace: route({
    ...common,
    id: 'getTrace',
    method: 'get',
    path: '/xray/traces/{traceId}',
    summary: 'What one request has caused, in all processes',
    params: z.object({ traceId: z.string().regex(/^[0-9a-f]{32}$/) }),
    responses: { 200: z.custom<Trace>() },
  }),
  getSwitches: route({
    ...common,
    id: 'getSwitches',
    method: 'get',
    path: '/xray/switches',
    summary: 'Which processes run',
    responses: { 200: Switches },
  }),
  putProcess: route({
    ...common,
    id: 'putProcess',
    method: 'put',
    path: '/xray/switches/processes/{name}',
    summary: 'Stop or start a process',
    params: z.object({ name: z.string() }),
    body: ProcessSwitch,
    responses: { 200: Switches },
  }),
  putProvider: route({
    ...common,
    id: 'putProvider',
    method: 'put',
    path: '/xray/switches/provider',
    summary: 'Make the payment provider slow, or quick again',
    body: ProviderSwitch,
    responses: { 200: Switches },
  }),
} as const;
