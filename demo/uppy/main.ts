import 'file-transfer-elements/define';
import { connectLab } from '../shared/connect.js';
import { addHeader } from '../shared/header.js';
import { setUpDashboards } from './dashboards.js';
import { setUpPlugins } from './plugins.js';

addHeader();
const config = await connectLab();
setUpDashboards(config);
await setUpPlugins();
// For whoever waits for the page to be ready: a test, a screenshot.
document.documentElement.dataset.ready = '';
