import 'file-transfer-elements/define';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { connectLab } from '../shared/connect.js';
import { addHeader } from '../shared/header.js';
import { App } from './app.js';

addHeader();
void connectLab();
createRoot(document.querySelector('#root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
