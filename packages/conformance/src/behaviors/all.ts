import { describe } from '@jest/globals';
import type { Door } from '../door.ts';
import { adminBehaviors } from './admin.ts';
import { bodyBehaviors } from './body.ts';
import { cartBehaviors } from './cart.ts';
import { catalogBehaviors } from './catalog.ts';
import { checkoutBehaviors } from './checkout.ts';
import { documentBehaviors } from './documents.ts';
import { eventBehaviors } from './events.ts';
import { httpBehaviors } from './http.ts';
import { inputBehaviors } from './input.ts';
import { keyBehaviors } from './keys.ts';
import { orderBehaviors } from './orders.ts';
import { pagingBehaviors } from './paging.ts';
import { raceBehaviors } from './races.ts';
import { representationBehaviors } from './representations.ts';
import { searchBehaviors } from './search.ts';
import { sessionBehaviors } from './session.ts';
import { slowBehaviors } from './slow.ts';

/** Everything that a front door has to do, whatever is behind it. Slow matters go on beside the others, and come last. */
export function doorBehaviors(door: Door): void {
  describe(door.name, () => {
    quickBehaviors(door);
    slowBehaviors(door);
  });
}

/** All of it but for what takes seconds. */
export function quickBehaviors(door: Door): void {
  documentBehaviors(door);
  catalogBehaviors(door);
  pagingBehaviors(door);
  searchBehaviors(door);
  cartBehaviors(door);
  checkoutBehaviors(door);
  keyBehaviors(door);
  raceBehaviors(door);
  orderBehaviors(door);
  eventBehaviors(door);
  adminBehaviors(door);
  inputBehaviors(door);
  bodyBehaviors(door);
  httpBehaviors(door);
  representationBehaviors(door);
  sessionBehaviors(door);
}
