import { describePlatformFaults } from './describe.js';

describePlatformFaults('deep-origin', 'form');
