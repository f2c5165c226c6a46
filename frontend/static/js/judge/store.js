// @ts-check
// What the tablet keeps: IndexedDB, written strictly, every row under the judge it belongs to. Nothing here is read across judges
// except a count.

const NAME = "shibaiqian-judge";
const VERSION = 1;

/** @type {Promise<IDBDatabase> | null} */
let opened = null;

const open = () => new Promise((resolve, reject) => {
  const request = indexedDB.open(NAME, VERSION);
  request.onupgradeneeded = () => {
    const db = request.result;
    // The storage's own number comes into being with it: a tablet that lost its storage comes back with another one.
    db.createObjectStore("device").put(crypto.randomUUID(), "storage");
    db.createObjectStore("packs", { keyPath: ["account", "id"] });
    db.createObjectStore("marks", { keyPath: ["account", "sheet", "criterion"] });
    const outbox = db.createObjectStore("outbox", { keyPath: "n", autoIncrement: true });
    outbox.createIndex("account", ["account", "status"]);
    outbox.createIndex("sheet", ["account", "sheet"]);
    db.createObjectStore("acts", { keyPath: "id" }).createIndex("account", ["account", "status"]);
    db.createObjectStore("receipts", { keyPath: "op_id" }).createIndex("account", ["account", "at"]);
    db.createObjectStore("judges", { keyPath: "account" });
  };
  request.onsuccess = () => {
    const db = request.result;
    db.onversionchange = () => { db.close(); opened = null; };
    db.onclose = () => { opened = null; };
    resolve(db);
  };
  request.onerror = () => reject(request.error);
  request.onblocked = () => reject(new Error("storage is blocked by another page"));
});

/** The result of one request. */
export const of = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

const begin = async (names, mode) => {
  opened ??= open();
  try {
    return (await opened).transaction(names, mode, { durability: "strict" });
  } catch (error) {
    // The browser may have closed it under memory pressure: once more, then it is the caller's.
    opened = open();
    return (await opened).transaction(names, mode, { durability: "strict" });
  }
};

/**
 * Run `work` in one transaction over `names`; what it returns once everything is on disk.
 * @template T
 * @param {string[]} names
 * @param {(...stores: IDBObjectStore[]) => Promise<T> | T} work
 * @returns {Promise<T>}
 */
export const write = async (names, work) => {
  const transaction = await begin(names, "readwrite");
  const done = new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(undefined);
    transaction.onabort = () => reject(transaction.error ?? new Error("not stored"));
    transaction.onerror = () => reject(transaction.error);
  });
  try {
    const result = await work(...names.map((name) => transaction.objectStore(name)));
    // Nothing follows: to say so spares the wait until the browser finds out. Throws where it has found out already.
    try { transaction.commit(); } catch { /* It is on its way. */ }
    await done;
    return result;
  } catch (error) {
    try { transaction.abort(); } catch { /* It is over already. */ }
    await done.catch(() => {});
    throw error;
  }
};

/**
 * Read in one transaction.
 * @template T
 * @param {string[]} names
 * @param {(...stores: IDBObjectStore[]) => Promise<T> | T} work
 * @returns {Promise<T>}
 */
export const read = async (names, work) => {
  const transaction = await begin(names, "readonly");
  return work(...names.map((name) => transaction.objectStore(name)));
};

/**
 * A write of that judge's: not made any more once somebody else came to the tablet, in another page of it.
 * @template T
 * @param {string} account
 * @param {string[]} names
 * @param {(...stores: IDBObjectStore[]) => Promise<T> | T} work
 */
export const writeOf = (account, names, work) => write(["device", ...names], async (device, ...stores) => {
  if (await of(device.get("current")) !== account) throw new Error("somebody else is at the tablet");
  return work(...stores);
});

/** Everything whose compound key begins with these parts. */
export const under = (...parts) => IDBKeyRange.bound(parts, [...parts, []]);

/** One value of the device: `storage`, `current` (who is at the tablet), `leaving` (whose session is to be ended), `dismissed`. */
export const device = (key) => read(["device"], (store) => of(store.get(key)));
export const setDevice = (key, value) => write(["device"], (store) => { store.put(value, key); });
