import { describePlatformFaults } from './describe.js';

describePlatformFaults('invenio', 'request');
