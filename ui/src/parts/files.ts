/** A file's bytes in Base64: the browser encodes them, and bytes that are no text stay what they are. */
export function inBase64(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    // "data:text/csv;base64,…"; an empty file has nothing behind the comma, or no comma at all.
    reader.onload = () => resolve(String(reader.result).split(",", 2)[1] ?? "");
    reader.onerror = () => reject(reader.error ?? new Error("the file cannot be read"));
    reader.readAsDataURL(file);
  });
}
