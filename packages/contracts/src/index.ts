export * from './problems.ts';
export * from './shapes.ts';
export { explain, faultsOf, type Source } from './faults.ts';
export { reply, route, type Module, type Route, type RouteInput, type RouteReply } from './route.ts';
export { openApi } from './openapi.ts';
export {
  Behavior,
  BehaviorChange,
  ChargeAnswer,
  ChargeRequest,
  ChargeSettlement,
  Journal,
  JournalEntry,
  ProviderKey,
  providerRoutes,
  RefundAnswer,
  RefundRequest,
} from './provider.ts';
export { fillPath, storeClient, type Answer, type CallArguments, type StoreClient, type Transport } from './client.ts';

import * as front from './front-routes.ts';
import * as store from './routes.ts';

/** Every public route by its name: the one table behind servers, gateway, clients and documents. */
export const routes = { ...front, ...store };
