/** Holds what may fail to draw: its failure stays here, and something simpler is shown in its place. */
import { Component, type ReactNode } from "react";

interface FallibleProps {
  /** What is drawn; when it changes, drawing is tried again. */
  subject: string;
  fallback: ReactNode;
  children: ReactNode;
}

export class Fallible extends Component<FallibleProps, { failed: boolean; subject: string }> {
  override state = { failed: false, subject: this.props.subject };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  static getDerivedStateFromProps({ subject }: FallibleProps, state: { failed: boolean; subject: string }) {
    return subject === state.subject ? null : { failed: false, subject };
  }

  override render() {
    return this.state.failed ? this.props.fallback : this.props.children;
  }
}
