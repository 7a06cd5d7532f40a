import { describePlatformFaults } from './describe.js';

describePlatformFaults('smarts-bio', 'form');
