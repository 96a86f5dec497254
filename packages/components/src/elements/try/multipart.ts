/** A form as `multipart/form-data`, written as the HTML standard says. By hand, because WebKit's `new Response(form)` gives no bytes where a file is in it. Rejects when a file cannot be read any more. */
export async function encodeMultipart(form: FormData): Promise<{ bytes: Uint8Array<ArrayBuffer>; type: string }> {
  const boundary = `fapi-form-${crypto.getRandomValues(new Uint32Array(4)).join('')}`;
  const parts: BlobPart[] = [];
  for (const [name, value] of form) {
    const file = typeof value === 'string' ? '' : `; filename="${escaped(value.name)}"\r\nContent-Type: ${value.type || 'application/octet-stream'}`;
    parts.push(`--${boundary}\r\nContent-Disposition: form-data; name="${escaped(name)}"${file}\r\n\r\n`, typeof value === 'string' ? value.replaceAll(/\r\n?|\n/g, '\r\n') : value, '\r\n');
  }
  parts.push(`--${boundary}--\r\n`);
  return { bytes: new Uint8Array(await new Blob(parts).arrayBuffer()), type: `multipart/form-data; boundary=${boundary}` };
}

const escaped = (name: string): string => name.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22');
