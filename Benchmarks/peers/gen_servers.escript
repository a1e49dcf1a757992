#!/usr/bin/env escript
%% The peer of AgentBenchmark: gen_servers of Erlang/OTP that are started and then wait for a call, in memory.
%% usage: gen_servers.escript COUNT
%% Prints one line of JSON: how many a second were started, and how many bytes each has.
-mode(compile).
-behaviour(gen_server).
-export([main/1, init/1, handle_call/3, handle_cast/2]).

main([Text]) ->
    Count = list_to_integer(Text),
    start_all(Count div 20, []),
    erlang:garbage_collect(),
    Before = erlang:memory(processes),
    Begin = erlang:monotonic_time(nanosecond),
    Servers = start_all(Count, []),
    End = erlang:monotonic_time(nanosecond),
    After = erlang:memory(processes),
    %% Each answers with its own number: all of them are there.
    Count = length([ok || {Number, Server} <- Servers, gen_server:call(Server, number) =:= Number]),
    io:format("{\"per_second\":~w,\"bytes_per_agent\":~w}~n",
              [Count * 1.0e9 / (End - Begin), (After - Before) / Count]).

start_all(0, Servers) -> Servers;
start_all(Number, Servers) ->
    {ok, Server} = gen_server:start(?MODULE, Number, []),
    start_all(Number - 1, [{Number, Server} | Servers]).

init(Number) -> {ok, Number}.
handle_call(number, _From, Number) -> {reply, Number, Number}.
handle_cast(_Message, Number) -> {noreply, Number}.
