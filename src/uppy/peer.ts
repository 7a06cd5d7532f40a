/**
 * What runs of Uppy, behind drop zones whose page has plugins. Taken from the whole modules: in pages without Uppy,
 * Vite puts an empty module in its place, from which a name cannot be imported, and such pages could not be built.
 */
import * as core from '@uppy/core';
import * as utils from '@uppy/core/utils';

export const { Uppy: UppyCore } = core;
export const { getAllowedMetaFields, getFileNameAndExtension, getFileType, getSocketHost, TaskQueue } = utils;
