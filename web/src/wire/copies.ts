// The name of what this device keeps for reading without the server.
export const COPIES = "emergence.copies";
