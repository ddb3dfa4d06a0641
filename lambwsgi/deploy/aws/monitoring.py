"""CloudWatch, asked about logs, alarms and metrics."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from lambwsgi.deploy.aws.answers import read_alarm, read_log_event
from lambwsgi.deploy.aws.asking import asking
from lambwsgi.deploy.aws.clients import Clients
from lambwsgi.deploy.aws.records import Alarm, LogPage, LogQuery


class Monitoring(Clients):
    """The logs, alarms and metrics of the account and region."""

    def log_page(self, query: LogQuery, token: str | None) -> LogPage:
        """A page of the lines that are asked for: the first, or the one that the token of the page before leads to."""
        more = {
            "filterPattern": query.pattern or None,
            "endTime": query.until_ms,
            "logStreamNames": [query.stream] if query.stream else None,
            "nextToken": token,
        }
        given: Any = {name: value for name, value in more.items() if value is not None}
        with asking("logs", f"log group {query.group!r}"):
            answer = self.logs.filter_log_events(logGroupName=query.group, startTime=query.since_ms, **given)
            return LogPage(tuple(map(read_log_event, answer["events"])), answer.get("nextToken"))

    def alarms(self, names: Sequence[str]) -> list[Alarm]:
        """Those of the alarms that there are, composite ones too."""
        kinds = ["MetricAlarm", "CompositeAlarm"]
        with asking("cloudwatch", "the alarms"):
            pages = self.cloudwatch.get_paginator("describe_alarms").paginate(AlarmNames=list(names), AlarmTypes=kinds)
            return [read_alarm(each) for page in pages for kind in kinds for each in page.get(f"{kind}s", ())]

    def version_errors(self, function: str, alias: str, number: int, since: datetime, until: datetime) -> int:
        """How many invocations of the version by way of the alias ended in an error, as CloudWatch knows it so far.

        Source: Lambda developer guide, 'Types of metrics for Lambda functions', dimension ExecutedVersion.
        """
        dimensions = {"FunctionName": function, "Resource": f"{function}:{alias}", "ExecutedVersion": str(number)}
        metric = {
            "Namespace": "AWS/Lambda",
            "MetricName": "Errors",
            "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
        }
        query = {"Id": "errors", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}
        with asking("cloudwatch", f"metrics of function {function!r}"):
            pages = self.cloudwatch.get_paginator("get_metric_data").paginate(
                MetricDataQueries=[query], StartTime=since, EndTime=until
            )
            values = [value for page in pages for result in page["MetricDataResults"] for value in result["Values"]]
        return int(sum(values))
