// Hands something to the browser as a file to save.

export function saveText(name: string, text: string): void {
  saveFile(new File([text], name, { type: "text/plain" }));
}

export function saveFile(file: File): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000); // some browsers read it only after the click has returned
}
