//! Timer triggers, and the judgement of a handler's answer.

use serde_json::{Value, json};

use crate::platform::{Folder, Host, eventually, write_app};

fn host(timer: Value) -> Host {
    let folder = Folder::new();
    let function = json!({
        "bindings": [timer],
        "retry": { "strategy": "fixedDelay", "maxRetryCount": 2, "delayInterval": "00:00:00" },
    });
    write_app(&folder, "shop", &[("on_timer", function)], json!({}));
    Host::start(folder)
}

fn calls(host: &Host, count: usize) -> Vec<Value> {
    let records = eventually("invocations", || {
        Some(host.records("shop", "on_timer")).filter(|records| records.len() >= count)
    });
    records.iter().map(|record| serde_json::from_str(record).unwrap()).collect()
}

#[test]
fn a_timer_fires_by_its_schedule_with_the_documented_payload() {
    let host = host(json!({
        "type": "timerTrigger", "name": "timer", "schedule": "* * * * * *", "useMonitor": false,
    }));
    let call = &calls(&host, 2)[0];
    let expected = json!({
        "Schedule": { "AdjustForDST": true }, "ScheduleStatus": null, "IsPastDue": false,
    });
    assert_eq!(call["Data"]["timer"], expected);
    assert_eq!(call["Metadata"]["sys"]["MethodName"], "on_timer");
}

#[test]
fn a_failed_run_is_retried_with_its_context_and_an_empty_answer_runs_into_the_time_out() {
    let host = host(json!({
        "type": "timerTrigger", "name": "timer", "schedule": "01:00:00", "runOnStartup": true,
    }));
    let first = &calls(&host, 1)[0];
    assert_eq!(first["Metadata"]["RetryContext"]["RetryCount"], 0);
    assert!(first["Data"]["timer"]["ScheduleStatus"]["Next"].is_string());
    // The run that the next host starts with gets no answer.
    let pid = host.handler_pid("shop");
    host.order("shop", "empty");
    let host = host.kill_and_start();
    host.wait_for_line("ran into its time-out");
    let retried = &calls(&host, 3)[2];
    assert_eq!(retried["Metadata"]["RetryContext"]["RetryCount"], 1);
    let exception = &retried["Metadata"]["RetryContext"]["Exception"]["Message"];
    assert!(exception.as_str().unwrap().contains("time-out"), "{exception}");
    assert_ne!(host.handler_pid("shop"), pid);
    assert_eq!(host.status("shop")["restarts"], 1, "a time-out restarts the handler");
}
