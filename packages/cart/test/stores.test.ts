import { cartStoreContract } from './store-contract.ts';
import { databases } from './databases.ts';

databases.forEach(cartStoreContract);
