import { faultBehaviors } from './faults.ts';

faultBehaviors('orchestrated');
