import { faultBehaviors } from './faults.ts';

faultBehaviors('monolith');
