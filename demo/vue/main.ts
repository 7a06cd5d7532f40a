import 'file-transfer-elements/define';
import type {} from 'file-transfer-elements/vue';
import { createApp } from 'vue';
import { connectLab } from '../shared/connect.js';
import { addHeader } from '../shared/header.js';
import App from './app.vue';

addHeader();
void connectLab();
createApp(App).mount('#root');
