// Small forms that the server answers: they stay as they were typed until its answer takes them away.
import { useEffect, useRef, useState } from "react";

export const useSubmit = (send) => {
  const [form, setForm] = useState(null);
  const latest = useRef(send);
  latest.current = send;
  useEffect(() => {
    if (!form) return undefined;
    const submit = (event) => {
      event.preventDefault();
      latest.current(Object.fromEntries(new FormData(form)), form);
    };
    form.addEventListener("submit", submit);
    return () => form.removeEventListener("submit", submit);
  }, [form]);
  return [form, setForm];
};

export const useAnswer = ({ dispatch }) => useSubmit((typed) => dispatch(typed))[1];
