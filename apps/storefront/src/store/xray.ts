import { useQuery } from '@tanstack/react-query';
import type { Switches, Trace, XrayInfo } from '@twinstore/contracts';

export const useXrayInfo = () =>
  useQuery({ queryKey: ['xray'], queryFn: () => read<XrayInfo>('/xray'), staleTime: Infinity });

/** The spans of a request that all processes kept. Not noted among the page's own requests: it is about them. */
export const readTrace = (traceId: string): Promise<Trace> => read<Trace>(`/xray/traces/${traceId}`);

export const readSwitches = (): Promise<Switches> => read<Switches>('/xray/switches');

export const turn = (name: string, running: boolean): Promise<Switches> =>
  put(`/xray/switches/processes/${encodeURIComponent(name)}`, { running });

export const slowDown = (slow: boolean): Promise<Switches> => put('/xray/switches/provider', { slow });

const put = (path: string, body: object): Promise<Switches> =>
  read<Switches>(path, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });

async function read<T>(path: string, init?: RequestInit): Promise<T> {
  const answer = await fetch(path, init);
  if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}`);
  return (await answer.json()) as T;
}
