/**
 * What runs of Uppy, behind drop zones whose page has plugins. Taken from the whole modules: in pages without Uppy,
 * Vite puts an empty module in its place, from which a name cannot be imported, and such pages could not be built.
 */
import * as core from '@uppy/core';
import * as utils from '@uppy/core/utils';

// One by one: taken apart in one statement, all of both modules would go into the page.
export const UppyCore = core.Uppy;
export const getAllowedMetaFields = utils.getAllowedMetaFields;
export const getFileNameAndExtension = utils.getFileNameAndExtension;
export const getFileType = utils.getFileType;
export const getSocketHost = utils.getSocketHost;
export const TaskQueue = utils.TaskQueue;
