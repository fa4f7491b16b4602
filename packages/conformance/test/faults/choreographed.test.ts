import { faultBehaviors } from './faults.ts';

faultBehaviors('choreographed');
