import { describePlatformFaults } from './describe.js';

describePlatformFaults('ubiops', 'parts');
