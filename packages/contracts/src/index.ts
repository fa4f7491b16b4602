export * from './problems.ts';
export * from './shapes.ts';
export { countries } from './countries.ts';
export { explain, faultsOf, type Source } from './faults.ts';
export { reply, route, type Module, type Route, type RouteInput, type RouteReply } from './route.ts';
export { openApi } from './openapi.ts';
export { asyncApi, speakerOf } from './asyncapi.ts';
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
export type { Span, SpanKind, Trace } from './spans.ts';
export { ProcessSwitch, ProviderSwitch, StoreDoor, Switches, XrayInfo, xrayRoutes } from './xray.ts';
export { fillPath, storeClient, type Answer, type CallArguments, type StoreClient, type Transport } from './client.ts';

export {
  CloudEvent,
  events,
  subscriptions,
  type Announcement,
  type EventData,
  type EventType,
  type Reactions,
  type Subscriber,
} from './events.ts';
export { failureHeaders, RETRY_DELAYS_MS, subscribers, topology, type Topology } from './topology.ts';

import { getMeta, getSession } from './front-routes.ts';
import {
  cancelOrder,
  changeStock,
  clearCart,
  deleteCartItem,
  deleteProduct,
  followOrder,
  getCart,
  getOrder,
  getProduct,
  listCategories,
  listOrders,
  listProducts,
  placeOrder,
  putCartItem,
  putProduct,
} from './routes.ts';

/** Every public route by its name: the one table behind servers, gateway, clients and documents. */
export const routes = {
  getMeta,
  getSession,
  listProducts,
  getProduct,
  listCategories,
  putProduct,
  deleteProduct,
  changeStock,
  getCart,
  putCartItem,
  deleteCartItem,
  clearCart,
  placeOrder,
  listOrders,
  getOrder,
  followOrder,
  cancelOrder,
};
