// "Was this helpful?": said once per article and browser; what was missing may be added to a "No".
import { useEffect, useState } from "react";
import { get, set } from "$/public/js/keep.js";

const DOOR = "/help-feedback";

export const useFeedback = ({ article, language }) => {
  const [step, setStep] = useState("ask");
  const [ready, setReady] = useState(false);
  const [failed, setFailed] = useState(false);
  const name = `portal:helpful:${article}`;
  useEffect(() => {
    if (get(name)) setStep("sent");
    setReady(true);
  }, [name]);
  const post = async (helpful, missing, next) => {
    setReady(false);
    setFailed(false);
    try {
      const answer = await fetch(DOOR, {
        method: "POST",
        body: new URLSearchParams({ article, language, helpful, missing }),
      });
      if (!answer.ok) throw new Error(answer.status);
      set(name, helpful);
      setStep(next);
    } catch {
      setFailed(true);
    }
    setReady(true);
  };
  // The reader's place goes along: to the field that came, or to the heading where the buttons were.
  useEffect(() => {
    if (step === "missing") document.getElementById("doc-missing")?.focus();
    if (step === "thanks") {
      const heading = document.getElementById("doc-helpful");
      heading?.setAttribute("tabindex", "-1");
      heading?.focus({ preventScroll: true });
    }
  }, [step]);
  return {
    step,
    ready,
    failed,
    yes: () => post("yes", "", "thanks"),
    no: () => post("no", "", "missing"),
    tell: () => {
      const missing = document.getElementById("doc-missing").value.trim();
      return missing ? post("no", missing, "thanks") : setStep("thanks");
    },
  };
};
