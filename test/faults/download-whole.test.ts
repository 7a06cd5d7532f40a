import { describeDownloadFaults } from './download-faults.js';

describeDownloadFaults('one body');
