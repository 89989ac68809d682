// Loaded into Azurite before its own code. Azurite writes down what it knows of blobs and messages
// every five seconds, and so forgets when it is killed what it has acknowledged. With this, the
// answer to a change goes out only when the change is on disk.
"use strict";

const http = require("http");
const Loki = require("lokijs");

const READING = ["GET", "HEAD", "OPTIONS"];
const databases = new Set();

// Each is saved before the servers listen; loaded only where there is something to load.
const { saveDatabase } = Loki.prototype;
Loki.prototype.saveDatabase = function (...args) {
  databases.add(this);
  return saveDatabase.apply(this, args);
};

// Resolves once all that a database holds now is on disk. A save that is under way may have begun
// before the last change; a save asked for meanwhile begins after it, and is one for all who ask.
function saved(database) {
  if (!database.autosaveDirty() && !database.throttledSavePending) return undefined;
  return new Promise((resolve, reject) => {
    database.saveDatabase((error) => (error ? reject(error) : resolve()));
  });
}

// The beginning of an answer is one already: its status comes before its text.
const { end, write } = http.ServerResponse.prototype;
const held = Symbol("what was written of an answer that waits");
http.ServerResponse.prototype.write = function (...args) {
  if (READING.includes(this.req.method)) return write.apply(this, args);
  (this[held] ??= []).push(args);
  return true;
};
http.ServerResponse.prototype.end = function (...args) {
  if (READING.includes(this.req.method)) return end.apply(this, args);
  Promise.all([...databases].map(saved)).then(
    () => {
      const written = this[held] ?? [];
      this[held] = [];
      for (const part of written) write.apply(this, part);
      end.apply(this, args);
    },
    // Without an answer the client does not take it for done.
    (error) => this.destroy(error),
  );
  return this;
};
