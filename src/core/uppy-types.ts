/**
 * Types of Uppy in the elements' own types. Uppy is optional, so nothing here imports it: importing
 * `file-transfer-elements/uppy` fills this in.
 */
// biome-ignore lint/suspicious/noEmptyInterface: filled in by whoever has Uppy
export interface UppyTypes {}

/** An instance of Uppy; `object` to a page that has not imported `file-transfer-elements/uppy`. */
export type UppyInstance = UppyTypes extends { uppy: infer U extends object } ? U : object;

/** A plugin class of Uppy's. */
export type UppyPluginClass = abstract new (uppy: never, ...options: never[]) => { readonly id: string };

/** What a plugin class wants to be told after its Uppy. */
export type UppyPluginOptions<P extends UppyPluginClass> =
  ConstructorParameters<P> extends [unknown?, ...infer Rest] ? Rest : never;
