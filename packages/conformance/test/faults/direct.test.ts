import { faultBehaviors } from './faults.ts';

faultBehaviors('direct');
