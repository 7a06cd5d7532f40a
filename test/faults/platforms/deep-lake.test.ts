import { describePlatformFaults } from './describe.js';

describePlatformFaults('deep-lake');
