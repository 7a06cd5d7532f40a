import { describePlatformFaults } from './describe.js';

describePlatformFaults('ubiops', 'request');
