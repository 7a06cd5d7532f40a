/** Compiles only while the typings for React and Vue know the elements' properties and events. */

import type { JSX } from 'react';
import type { GlobalComponents } from 'vue';
import type {} from '../../src/react.js';
import type {} from '../../src/vue.js';

type Browser = JSX.IntrinsicElements['file-browser'];

const react: Browser = {
  backend: 'lab',
  container: 'bucket-1',
  path: 'runs/',
  'oncontainer-change': event => {
    const id: string | undefined = event.detail.id;
    void id;
  },
  'onpath-change': ({ path }) => void path.length,
};
// @ts-expect-error A container is named, not numbered.
const wrong: Browser = { container: 1 };
// @ts-expect-error A listener gets the event of its name.
const deaf: Browser = { 'oncontainer-change': (event: { detail: { nothing: true } }) => void event };
const list: JSX.IntrinsicElements['transfer-list'] = { 'onfilter-change': event => void event.detail };

type VueBrowser = InstanceType<GlobalComponents['file-browser']>;
const vue: VueBrowser['$props'] = { container: 'bucket-1', path: 'runs/' };
declare const emit: VueBrowser['$emit'];
const tell = (event: HTMLElementEventMap['container-change']) => emit('container-change', event);

export { deaf, list, react, tell, vue, wrong };
