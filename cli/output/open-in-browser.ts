import open from 'open';

/** Shows a file as the user is used to; says whether that was possible, which it is not on a machine without a screen. */
export async function openInBrowser(path: string): Promise<boolean> {
  try {
    const opener = await open(path);
    // Else one that is missing would end this process.
    opener.on('error', () => {});
    return true;
  } catch {
    return false;
  }
}
