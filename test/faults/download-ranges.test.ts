import { describeDownloadFaults } from './download-faults.js';

describeDownloadFaults('ranges');
