// @ts-check
// Decimal texts, compared and subtracted exactly: a mark is never a float.

const scaled = (text, places) => {
  const [whole, fraction = ""] = text.replace("-", "").split(".");
  const size = BigInt(whole + fraction.padEnd(places, "0"));
  return text.startsWith("-") ? -size : size;
};
const places = (text) => (text.split(".")[1] ?? "").length;
const both = (one, two) => {
  const most = Math.max(places(one), places(two));
  return { a: scaled(one, most), b: scaled(two, most), most };
};
const written = (size, most) => {
  const digits = (size < 0n ? -size : size).toString().padStart(most + 1, "0");
  const text = most ? `${digits.slice(0, -most)}.${digits.slice(-most)}`.replace(/\.?0+$/, "") : digits;
  return size < 0n ? `-${text}` : text;
};

/** Whether it is a decimal as the server reads it. */
export const isDecimal = (text) => /^-?(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{1,12})?$/.test(text);

/** The shortest text of the same number, so that 8.0 and 8 are one. */
export const plain = (text) => (isDecimal(text) ? written(scaled(text, places(text)), places(text)) : text);

/** What was meant by a number typed on any keyboard: full-width digits, a comma for the point, zeros in front, none before the point. */
export const meant = (typed) => plain(typed.normalize("NFKC").trim().replace(/[,。]/, ".").replace(/^0+(?=[0-9])/, "").replace(/^\./, "0."));

export const less = (one, two) => { const { a, b } = both(one, two); return a < b; };

export const minus = (one, two) => { const { a, b, most } = both(one, two); return written(a - b, most); };

/** Whether the value lies on the step, counted from the minimum, as the server counts. */
const onStep = (value, minimum, step) => {
  const most = Math.max(places(value), places(minimum), places(step));
  const size = scaled(step, most);
  return size === 0n || (scaled(value, most) - scaled(minimum, most)) % size === 0n;
};

/** How many decimals a step asks for. */
export const decimals = (step) => places(plain(step));

/** Within tolerance is what earns points at all. */
export const verdictOf = (rule, value) => {
  if (rule.kind !== "measured" || value === null || !isDecimal(value)) return null;
  const band = (rule.bands ?? []).find((each) => (each.low == null || !less(value, each.low)) && (each.high == null || !less(each.high, value)));
  return band && less("0", band.points) ? "within" : "outside";
};

/** Why a value cannot be taken, by the rules that the server has too; null if it can. */
export const faultOf = (rule, value) => {
  if (!isDecimal(value)) return "decimal";
  if (less(value, rule.minimum) || less(rule.maximum, value)) return "range";
  return onStep(value, rule.minimum, rule.step) ? null : "step";
};
