interface AskableHandle {
  queryPermission?(options: { mode: 'read' }): Promise<PermissionState>;
  requestPermission?(options: { mode: 'read' }): Promise<PermissionState>;
}

/**
 * Whether a file of an earlier visit may be read. `mayAsk`: the person may be asked, which works only inside a click or
 * a key press. Browsers without the question give handles that need none.
 */
export async function mayRead(handle: FileSystemFileHandle, mayAsk: boolean): Promise<PermissionState> {
  const askable = handle as FileSystemFileHandle & AskableHandle;
  const now = (await askable.queryPermission?.({ mode: 'read' })) ?? 'granted';
  if (now !== 'prompt' || !mayAsk || !askable.requestPermission) return now;
  // Refused without a click (SecurityError), the question can be asked again at the next one.
  return askable.requestPermission({ mode: 'read' }).catch(() => 'prompt');
}
