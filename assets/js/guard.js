// Keeps a person from sending a secret. What finds one (shield.js) is loaded when somebody begins to type.
const PATIENCE = 3000;
let shield;
const load = () =>
  import("$/public/js/shield.js").then(
    (module) => (shield = module),
    () => undefined, // the server looks too
  );
export const prepare = (typed) => void (shield ? shield.prepare(typed) : load());
// The code of what was found, "" for nothing; a promise of it where something must be loaded or computed first.
export const secretIn = (typed) => {
  if (shield) return shield.secretIn(typed);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, ""));
  return Promise.race([load().then((module) => module?.secretIn(typed) ?? ""), late]);
};
