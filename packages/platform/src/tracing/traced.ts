import { within } from './active-span.ts';
import { endWith, keepsSpans, startSpan } from './recorder.ts';

type Method = (...args: unknown[]) => Promise<unknown>;

/**
 * A module's port whose calls are spans, named `module.method`: what another process's server span shows of a service,
 * for modules that share a process. If spans are off, the port itself. Every method has to answer a promise.
 */
export function traced<P extends object>(module: string, port: P): P {
  if (!keepsSpans()) return port;
  const methods = Object.entries(port as Record<string, Method>).map(([name, method]): [string, Method] => [
    name,
    (...args) => {
      const span = startSpan(`${module}.${name}`, 'internal', { 'twinstore.module': module });
      return span
        ? endWith(
            span,
            within(span, () => method.apply(port, args)),
          )
        : method.apply(port, args);
    },
  ]);
  return Object.fromEntries(methods) as P;
}
